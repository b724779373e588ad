// Puts a field and its way from the root into the text of a query. What stands there stays as it is.
import { getNamedType, isCompositeType, isRequiredArgument, parse, print } from 'graphql';

/** The text with the field in its first query, or with a query of its own where there is none. */
export function weave(text, steps) {
  const operation = firstQuery(text);
  const variables = new Variables(operation);
  if (!operation) {
    const body = render(steps, variables, '  ');
    return `${text.trim() ? `${text.trimEnd()}\n\n` : ''}query${variables.fresh()} {\n${body}}\n`;
  }
  let { selectionSet } = operation;
  let depth = 0;
  while (depth < steps.length) {
    const next = below(selectionSet, steps[depth]);
    if (!next) break;
    depth += 1;
    if (depth === steps.length) return text;
    if (!next.selectionSet) return text;
    ({ selectionSet } = next);
  }
  const indent = '  '.repeat(depth + 1);
  const body = render(steps.slice(depth), variables, indent);
  const end = selectionSet.loc.end - 1; // the closing brace
  const before = text.slice(0, end).trimEnd();
  const woven = `${before}\n${body}${'  '.repeat(depth)}${text.slice(end)}`;
  return variables.declare(woven, operation);
}

function firstQuery(text) {
  try {
    return parse(text).definitions.find((one) => one.kind === 'OperationDefinition' && one.operation === 'query');
  } catch {
    return undefined;
  }
}

/** The selection of a step below a selection set: neither renamed nor, where a type is named, elsewhere. */
function below(selectionSet, { field, on }) {
  for (const one of selectionSet.selections) {
    if (on && one.kind === 'InlineFragment' && one.typeCondition?.name.value === on) {
      const inner = below(one.selectionSet, { field });
      if (inner) return inner;
    }
    if (!on && one.kind === 'Field' && one.name.value === field.name && !one.alias) return one;
  }
  return undefined;
}

function render([step, ...rest], variables, indent) {
  const { field, on } = step;
  const needed = field.args.filter(isRequiredArgument).map((one) => `${one.name}: $${variables.of(one)}`);
  const head = field.name + (needed.length ? `(${needed.join(', ')})` : '');
  const inner = on ? `${indent}  ` : indent;
  const below = rest.length
    ? ` {\n${render(rest, variables, `${inner}  `)}${inner}}`
    : isCompositeType(getNamedType(field.type))
      ? ' {\n' + `${inner}  __typename\n${inner}}`
      : '';
  const line = `${inner}${head}${below}\n`;
  return on ? `${indent}... on ${on} {\n${line}${indent}}\n` : line;
}

/** The query's variables, and those that new arguments need. */
class Variables {
  constructor(operation) {
    this.known = new Map(
      (operation?.variableDefinitions ?? []).map((one) => [one.variable.name.value, print(one.type)]),
    );
    this.added = [];
  }

  of(argument) {
    const type = String(argument.type);
    let name = argument.name;
    for (let number = 2; this.known.has(name) && this.known.get(name) !== type; number += 1) {
      name = argument.name + number;
    }
    if (!this.known.has(name)) this.added.push(`$${name}: ${type}`);
    this.known.set(name, type);
    return name;
  }

  fresh() {
    return this.added.length ? ` (${this.added.join(', ')})` : '';
  }

  /** All places lie before what was woven in, so they are still where the parser saw them. */
  declare(text, operation) {
    if (!this.added.length) return text;
    const list = this.added.join(', ');
    const last = operation.variableDefinitions?.at(-1);
    if (last) return `${text.slice(0, last.loc.end)}, ${list}${text.slice(last.loc.end)}`;
    const { start } = operation.loc;
    if (text[start] === '{') return `${text.slice(0, start)}query (${list}) ${text.slice(start)}`;
    const at = operation.name?.loc.end ?? start + 'query'.length;
    return `${text.slice(0, at)}(${list})${text.slice(at)}`;
  }
}
