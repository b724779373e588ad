// Imported first: workers, and a nonce for every <style> that Monaco creates later.
import 'graphiql/setup-workers/vite';

const nonce = document.querySelector('meta[property=csp-nonce]')?.nonce ?? '';
const create = document.createElement;
document.createElement = function createElement(name, options) {
  const element = create.call(this, name, options);
  if (String(name).toLowerCase() === 'style') element.nonce = nonce;
  return element;
};
