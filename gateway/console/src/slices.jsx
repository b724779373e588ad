// Which part of the schema is loaded: the whole, what this caller may read, a department, or a theme.
// A choice is the query string of its slice; the whole of a city would be 17 MB of introspection.
import { useEffect, useState } from 'react';

export const WHOLE = '';
export const READ = 'rights=read';
export const REQUEST = 'rights=request';
export const NONE = 'none'; // nothing, until somebody chooses

const MANY = 300; // resources: more than these are not loaded whole unless somebody says so
const MAX_BYTES = 2_000_000; // of introspection that nobody has chosen; about as much as MANY resources are
const PARTS = '{ catalogue { total departments { name title total } themes { name title total } } }';
const NO_PARTS = { total: 0, departments: [], themes: [], first: WHOLE };

/** Whether this is GraphiQL asking for the schema: what people run comes with its document. */
export const asksForSchema = (parameters, options) =>
  parameters.operationName === 'IntrospectionQuery' && !options?.documentAST;

/** Introspection as the gateway keeps it: packed, and not sent again while it stays the same. */
export async function readSchema(endpoint, headers, slice) {
  const answer = await fetch(address(endpoint, slice), { credentials: 'omit', headers });
  try {
    return await answer.json();
  } catch {
    return { errors: [{ message: `HTTP ${answer.status}` }] };
  }
}

/**
 * What there is to choose from, and what is loaded first: `{ total, departments, themes, first }`; `null` while
 * nobody knows. Where it cannot be learnt, the whole is asked for, and the answer says why there is none.
 */
export function useParts(key, load, purpose) {
  const [known, setKnown] = useState({ key: null, parts: null });
  const again = known.key === key && known.parts === NO_PARTS ? purpose : ''; // it may be what was wrong
  useEffect(() => {
    let isCurrent = true;
    const take = (parts) => isCurrent && setKnown({ key, parts });
    if (load) load().then(take, () => take(NO_PARTS));
    return () => {
      isCurrent = false;
    };
  }, [key, again]);
  return known.key === key ? known.parts : null;
}

export async function loadParts(ask, endpoint, headers) {
  const { data } = await ask({ query: PARTS });
  const parts = data?.catalogue;
  if (!parts) return NO_PARTS;
  return { ...parts, first: await first(endpoint, headers, parts.total) };
}

async function first(endpoint, headers, total) {
  if (total <= MANY) return WHOLE;
  const answer = await fetch(address(endpoint, READ), { method: 'HEAD', credentials: 'omit', headers });
  const bytes = Number(answer.headers.get('jutong-bytes') ?? Infinity);
  return answer.ok && bytes <= MAX_BYTES ? READ : NONE;
}

/** Whether a choice that was kept is still one. */
export function isOffered(slice, parts) {
  const [kind, name] = slice.split('=');
  if (kind === 'department') return parts.departments.some((one) => one.name === name);
  if (kind === 'theme') return parts.themes.some((one) => one.name === name);
  return slice !== NONE;
}

const address = (endpoint, slice) => `${endpoint}/schema.json${slice && `?${slice}`}`;

export function SliceChoice({ parts, slice, disabled, onChange }) {
  const groups = [
    ['部门 — Departments', 'department', parts?.departments ?? []],
    ['主题 — Themes', 'theme', parts?.themes ?? []],
  ];
  return (
    <label>
      <span>范围 — Part of the schema</span>
      <select
        name="jutong-slice"
        value={slice}
        disabled={disabled}
        title="载入目录的哪一部分；查询仍可用全部字段 — Which part is loaded; a query may still use every field"
        onChange={(event) => onChange(event.target.value)}
      >
        {slice === NONE && (
          <option value={NONE} disabled>
            请选择… — Choose…
          </option>
        )}
        <option value={WHOLE}>全部 — Whole{parts?.total ? ` (${parts.total})` : ''}</option>
        <option value={READ}>我可读的 — What I may read</option>
        <option value={REQUEST}>我可申请的 — What I may apply for</option>
        {groups.map(([label, kind, some]) =>
          some.length ? (
            <optgroup key={kind} label={label}>
              {some.map(({ name, title, total }) => (
                <option key={name} value={`${kind}=${name}`}>
                  {title} ({total})
                </option>
              ))}
            </optgroup>
          ) : null,
        )}
      </select>
    </label>
  );
}
