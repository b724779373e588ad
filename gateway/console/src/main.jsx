import './before.js';
import './monaco.js';
import { createRoot } from 'react-dom/client';
import { App } from './app.jsx';
import './style.css';

const answer = await fetch('/graphiql/config.json').catch(() => null);
const config = answer?.ok ? await answer.json() : { queries: [], demoKeys: [] };
createRoot(document.getElementById('root')).render(<App config={config} />);
