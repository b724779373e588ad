import { MagnifyingGlassIcon, useGraphiQL, useOperationsEditorState } from '@graphiql/react';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { listFields } from './fields.js';
import { weave } from './weave.js';

const SHOWN = 60;

function Finder() {
  const schema = useGraphiQL((state) => state.schema);
  const [text, setText] = useOperationsEditorState();
  const [asked, setAsked] = useState('');
  const [search, setSearch] = useState(null); // readings of characters: loaded when the panel is first opened
  useEffect(() => {
    import('./search.js').then((module) => setSearch(() => module.search));
  }, []);
  const entries = useMemo(() => listFields(schema), [schema]);
  const words = useDeferredValue(asked);
  const found = useMemo(() => (search ? search(entries, words) : []), [search, entries, words]);
  return (
    <section className="jt-finder" aria-label="查找字段 — Find a field">
      <div className="graphiql-doc-explorer-title">查找字段 — Find a field</div>
      <input
        type="search"
        name="jutong-field"
        placeholder="中文、English、pinyin、首字母…"
        aria-label="字段 — Field"
        autoComplete="off"
        spellCheck="false"
        value={asked}
        onChange={(event) => setAsked(event.target.value)}
      />
      {!schema && <p>没有目录：请先填写密钥。 — No schema: enter a key first.</p>}
      {schema && !words.trim() && <p>共 {entries.length} 个字段，点选即写入查询。 — {entries.length} fields; a click writes one into the query.</p>}
      {search && words.trim() && (
        <p role="status">
          {found.length} 个 — {found.length} found{found.length > SHOWN && `，列出前 ${SHOWN} 个 — the first ${SHOWN}`}
        </p>
      )}
      <ul>
        {found.slice(0, SHOWN).map((entry) => (
          <li key={entry.key}>
            <button type="button" title="写入查询 — Write it into the query" onClick={() => setText(weave(text, entry.steps))}>
              <b>{entry.chinese || entry.english || entry.steps.at(-1).field.name}</b>
              {entry.chinese && entry.english && <span> — {entry.english}</span>}
              <code>
                {entry.steps.map(({ field, on }) => (on ? `${on}.` : '') + field.name).join(' › ')}
                <i>{entry.type}</i>
              </code>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export const FINDER_PLUGIN = { title: '查找字段 — Find a field', icon: MagnifyingGlassIcon, content: Finder };
