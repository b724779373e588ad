import { explorerPlugin } from '@graphiql/plugin-explorer';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { FINDER_PLUGIN } from './finder.jsx';
import { aim, clear, preload, read, storage, write } from './session.js';
import { asksForSchema, isOffered, loadParts, NONE, READ, readSchema, REQUEST, SliceChoice, useParts, WHOLE } from './slices.jsx';

const PLUGINS = [FINDER_PLUGIN, explorerPlugin({ showAttribution: false }), HISTORY_PLUGIN];
const FIELDS = [
  ['key', '密钥 — Key', 'password'],
  ['purpose', '用途 — Purpose', 'text'],
  ['operator', '经办人 — Operator', 'text'],
  ['case', '办件编号 — Case', 'text'],
];
const ENDPOINTS = [
  ['/graphql', '共享 — Shared'],
  ['/open/graphql', '开放 — Open'],
];
const HEADERS = { purpose: 'Jutong-Purpose', operator: 'Jutong-Operator', case: 'Jutong-Case' };

/** The slice that was chosen on each endpoint, where one was. */
function readChoices() {
  const kept = ENDPOINTS.map(([path]) => [path, read(`slice:${path}`)]).filter(([, slice]) => slice);
  return Object.fromEntries(kept.map(([path, slice]) => [path, slice === 'whole' ? WHOLE : slice]));
}

/** Headers of the caller; the open graph knows no caller, so it is told of none. */
function identity(endpoint, caller) {
  if (endpoint === '/open/graphql') return {};
  const headers = caller.key ? { Authorization: `Bearer ${caller.key}` } : {};
  for (const [field, header] of Object.entries(HEADERS)) {
    if (caller[field]) headers[header] = caller[field];
  }
  return headers;
}

async function ask(endpoint, caller, parameters, extra) {
  const answer = await fetch(endpoint, {
    method: 'POST',
    credentials: 'omit',
    body: JSON.stringify(parameters),
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/graphql-response+json, application/json;q=0.9',
      ...identity(endpoint, caller),
      ...extra,
    },
  });
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    return { errors: [{ message: `HTTP ${answer.status} ${text}`.trim() }] };
  }
}

export function App({ config }) {
  const [caller, setCaller] = useState(() =>
    Object.fromEntries(FIELDS.map(([name]) => [name, read(name)])),
  );
  const [endpoint, setEndpoint] = useState(() => read('endpoint') || '/graphql');
  const [seen, setSeen] = useState(caller); // whom the schema was read for
  const [chosen, setChosen] = useState(() => readChoices());
  const latest = useRef(caller);
  latest.current = caller;
  useState(() => preload(config.queries ?? []));

  useEffect(() => {
    const wait = setTimeout(() => setSeen(caller), 500);
    return () => clearTimeout(wait);
  }, [caller]);

  const change = (name, value) => {
    const word = value.trim();
    write(name, word);
    setCaller((before) => ({ ...before, [name]: word }));
  };
  const turn = (to) => {
    write('endpoint', to);
    setEndpoint(to);
  };
  const take = (key) => {
    change('key', key);
    setSeen({ ...caller, key });
    turn('/graphql');
  };
  const choose = (slice) => {
    write(`slice:${endpoint}`, slice || 'whole');
    setChosen((before) => ({ ...before, [endpoint]: slice }));
  };
  const open = endpoint === '/open/graphql';
  const locked = !open && !seen.key;
  const whose = `${endpoint} ${open ? '' : seen.key}`;
  const headers = identity(endpoint, seen);
  const parts = useParts(
    whose,
    locked ? null : () => loadParts((parameters) => ask(endpoint, seen, parameters), endpoint, headers),
    seen.purpose,
  );
  const wish = chosen[endpoint];
  const slice = parts === null ? WHOLE : wish !== undefined && isOffered(wish, parts) ? wish : parts.first;
  const fetcher = useCallback(
    (parameters, options) =>
      asksForSchema(parameters, options)
        ? readSchema(endpoint, identity(endpoint, latest.current), slice)
        : ask(endpoint, latest.current, parameters, options?.headers),
    [endpoint, slice],
  );
  const isLoaded = !locked && parts !== null && slice !== NONE;
  // Another view reads another schema; what may be read depends on more of the caller than its key.
  const rights = slice === READ || slice === REQUEST ? `${seen.purpose} ${!!seen.operator} ${!!seen.case}` : '';
  const view = `${whose} ${isLoaded} ${parts?.total} ${slice} ${rights}`;
  useMemo(aim, [view]);
  const demoKeys = config.demoKeys ?? [];

  return (
    <>
      <header className="jt-bar">
        <h1>
          聚通 <span>Jutong</span>
        </h1>
        <div className="jt-switch" role="group" aria-label="端点 — Endpoint">
          {ENDPOINTS.map(([path, label]) => (
            <button key={path} type="button" title={path} aria-pressed={endpoint === path} onClick={() => turn(path)}>
              {label}
            </button>
          ))}
        </div>
        {FIELDS.map(([name, label, type]) => (
          <label key={name}>
            <span>{label}</span>
            <input
              name={`jutong-${name}`}
              type={type}
              value={caller[name]}
              disabled={open}
              autoComplete="off"
              spellCheck="false"
              onChange={(event) => change(name, event.target.value)}
            />
          </label>
        ))}
        <SliceChoice parts={parts} slice={slice} disabled={locked || parts === null} onChange={choose} />
        <button
          type="button"
          className="jt-clear"
          title="忘记密钥、查询与历史 — Forget key, queries and history"
          onClick={() => {
            clear();
            location.reload();
          }}
        >
          清除 — Clear
        </button>
      </header>
      {demoKeys.length > 0 && (
        <nav className="jt-demo" aria-label="演示密钥 — Demo keys">
          <span>演示密钥 — Demo keys</span>
          {demoKeys.map(({ key, title }) => (
            <button key={key} type="button" aria-pressed={!open && caller.key === key} onClick={() => take(key)}>
              {title} <code>{key}</code>
            </button>
          ))}
        </nav>
      )}
      {locked && (
        <p className="jt-hint">
          请先填写密钥，或切换到开放端点。 — Enter a key first, or switch to the open endpoint.
        </p>
      )}
      {!locked && slice === NONE && (
        <p className="jt-hint">
          目录很大，请在上方选择要载入的部门或主题。 — The catalogue is large: choose a department or a theme above.
        </p>
      )}
      <main className="jt-main">
        <GraphiQL
          key={view}
          fetcher={fetcher}
          schema={isLoaded ? undefined : null}
          storage={storage}
          plugins={PLUGINS}
          defaultQuery={'{\n  __typename\n}\n'}
          defaultEditorToolsVisibility="variables"
          shouldPersistHeaders={false}
          inputValueDeprecation
          schemaDescription
        >
          <GraphiQL.Logo>
            <span className="jt-path">{endpoint}</span>
          </GraphiQL.Logo>
        </GraphiQL>
      </main>
    </>
  );
}
