// Every field that this schema offers, each with its way from the root.
import { getNamedType, isCompositeType, isInterfaceType, isObjectType, isUnionType } from 'graphql';

const MAX_STEPS = 6;

/** `中文 — English · L2` on the first line of a description. */
function titles(description) {
  const [first] = (description ?? '').split('\n');
  const [left, ...right] = first.split(' — ');
  const isChinese = /[\u3400-\u9fff]/.test(left);
  return { chinese: isChinese ? left.trim() : '', english: (isChinese ? right.join(' — ') : first).trim() };
}

/**
 * Fields as `{ steps, chinese, english, type, key }`; a step is `{ field, on }`, `on` naming the type where
 * its parent may be of several. An entity's fields are listed below its first root field, and a link ends
 * where it leads to another entity: from there on, that one's own entries go on.
 */
export function listFields(schema) {
  const query = schema?.getQueryType();
  if (!query) return [];
  const roots = Object.values(query.getFields());
  const entities = new Set(roots.map((field) => getNamedType(field.type)).filter(isObjectType));
  const walked = new Set();
  const found = [];
  const walk = (field, before, on) => {
    const steps = [...before, { field, on }];
    const type = getNamedType(field.type);
    found.push({ steps, type: String(field.type), key: steps.map((s) => s.field.name + (s.on ?? '')).join('.'), ...titles(field.description) });
    if (!isCompositeType(type) || steps.length >= MAX_STEPS) return;
    if (entities.has(type)) {
      if (before.length || walked.has(type)) return;
      walked.add(type);
    }
    if (isObjectType(type)) descend(type, steps);
    else if (isUnionType(type) || isInterfaceType(type)) {
      for (const one of schema.getPossibleTypes(type)) if (!entities.has(one)) descend(one, steps, one.name);
    }
  };
  const descend = (type, steps, on) => {
    const fields = Object.values(type.getFields());
    const isPaged = fields.some((field) => field.name === 'nodes');
    for (const field of fields) {
      if (!(isPaged && field.name === 'edges')) walk(field, steps, on);
    }
  };
  for (const field of roots) walk(field, []);
  return found;
}
