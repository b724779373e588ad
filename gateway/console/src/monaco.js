// Full-width punctuation is correct Chinese, not a mistake to be marked.
import * as monaco from 'monaco-graphql/esm/monaco-editor.js';

monaco.editor.onDidCreateEditor((editor) => {
  editor.updateOptions({
    unicodeHighlight: { ambiguousCharacters: false, nonBasicASCII: false },
    fontFamily: 'ui-monospace, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace',
    fontSize: 14,
  });
});
