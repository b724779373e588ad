// Everything that the explorer remembers lives and ends with the browser's tab.
const PREFIX = 'jutong:';
const TABS = 'graphiql:tabState';

export const read = (name) => sessionStorage.getItem(PREFIX + name) ?? '';

export function write(name, value) {
  if (value) sessionStorage.setItem(PREFIX + name, value);
  else sessionStorage.removeItem(PREFIX + name);
}

export const clear = () => sessionStorage.clear();

export const storage = sessionStorage;

/** Open the prepared queries as tabs, unless this browser tab has tabs of its own already. */
export function preload(queries) {
  if (queries.length === 0 || storage.getItem(TABS)) return;
  const tabs = queries.map(({ title, query, variables }, index) => ({
    id: `jutong-${index}`,
    label: title,
    title,
    query,
    variables: variables || null,
    headers: null,
    operationName: null,
    response: null,
  }));
  storage.setItem(TABS, JSON.stringify({ activeTabIndex: 0, tabs }));
}

/** GraphiQL restores one editor apart from its tabs: make both speak of the same tab. */
export function aim() {
  const { activeTabIndex, tabs } = JSON.parse(storage.getItem(TABS) ?? '{}');
  const tab = tabs?.[activeTabIndex];
  if (!tab) return;
  for (const part of ['query', 'variables']) storage.setItem(`graphiql:${part}`, tab[part] ?? '');
}
