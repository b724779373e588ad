// Finds fields by Chinese, English or pinyin: full, initials, or a mixture; any reading of a character counts.
import { match } from 'pinyin-pro';

const LATIN = /^[a-z]{2,}$/;

/** How well one word fits one field by itself; 0 where it does not. */
function fit(entry, word) {
  const name = entry.steps.at(-1).field.name.toLowerCase();
  const english = entry.english.toLowerCase();
  const { chinese } = entry;
  if (name === word || chinese === word) return 100;
  if (chinese.startsWith(word)) return 80;
  if (name.startsWith(word)) return 70;
  if (chinese.includes(word)) return 60;
  if (name.includes(word)) return 55;
  if (english.startsWith(word) || english.includes(` ${word}`)) return 50;
  if (chinese && LATIN.test(word)) {
    const places = match(chinese, word, { continuous: true, v: true });
    if (places) return (places[0] === 0 ? 45 : 35) + (places.length === chinese.length ? 10 : 0);
  }
  return english.includes(word) ? 30 : 0;
}

/** Entries that every word fits, by themselves or by what stands above them; the best first. */
export function search(entries, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const byKey = new Map(entries.map((entry) => [entry.key, entry]));
  const cache = new Map();
  const fits = (entry, word) => {
    const key = `${word} ${entry.key}`;
    if (!cache.has(key)) cache.set(key, fit(entry, word));
    return cache.get(key);
  };
  const above = (entry) => {
    const keys = entry.steps.map((step) => step.field.name + (step.on ?? ''));
    return keys.slice(0, -1).map((_, end) => byKey.get(keys.slice(0, end + 1).join('.'))).filter(Boolean);
  };
  const scored = [];
  for (const entry of entries) {
    const own = words.map((word) => fits(entry, word));
    if (!own.some(Boolean)) continue;
    const parents = own.every(Boolean) ? [] : above(entry);
    if (words.every((word, at) => own[at] || parents.some((parent) => fits(parent, word)))) {
      scored.push({ entry, score: own.reduce((sum, one) => sum + one, 0) - 3 * entry.steps.length });
    }
  }
  scored.sort((a, b) => b.score - a.score);
  return scored.map(({ entry }) => entry);
}
