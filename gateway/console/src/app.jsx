import { explorerPlugin } from '@graphiql/plugin-explorer';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { FINDER_PLUGIN } from './finder.jsx';
import { aim, clear, preload, read, storage, write } from './session.js';

const PLUGINS = [FINDER_PLUGIN, explorerPlugin({ showAttribution: false }), HISTORY_PLUGIN];
const FIELDS = [
  ['key', '密钥 — Key', 'password'],
  ['purpose', '用途 — Purpose', 'text'],
  ['operator', '经办人 — Operator', 'text'],
  ['case', '案件号 — Case', 'text'],
];
const ENDPOINTS = [
  ['/graphql', '共享 — Shared'],
  ['/open/graphql', '开放 — Open'],
];
const HEADERS = { purpose: 'Jutong-Purpose', operator: 'Jutong-Operator', case: 'Jutong-Case' };

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
  const [seenKey, setSeenKey] = useState(caller.key); // the key that the schema was read with
  const latest = useRef(caller);
  latest.current = caller;
  useState(() => preload(config.queries ?? []));

  useEffect(() => {
    const wait = setTimeout(() => setSeenKey(caller.key), 500);
    return () => clearTimeout(wait);
  }, [caller.key]);

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
    setSeenKey(key);
    turn('/graphql');
  };
  const fetcher = useCallback(
    (parameters, options) => ask(endpoint, latest.current, parameters, options?.headers),
    [endpoint],
  );
  const open = endpoint === '/open/graphql';
  const locked = !open && !seenKey;
  const view = `${endpoint} ${open ? '' : seenKey}`; // another view reads another schema
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
            <button key={key} type="button" title={key} aria-pressed={!open && caller.key === key} onClick={() => take(key)}>
              {title}
            </button>
          ))}
        </nav>
      )}
      {locked && (
        <p className="jt-hint">
          请先填写密钥，或切换到开放端点。 — Enter a key first, or switch to the open endpoint.
        </p>
      )}
      <main className="jt-main">
        <GraphiQL
          key={view}
          fetcher={fetcher}
          schema={locked ? null : undefined}
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
