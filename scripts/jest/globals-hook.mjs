import { register } from 'node:module';

/** `@jest/globals` works in Jest's own VM contexts alone; specs get what it stands for from here. */
const globals = new URL('./globals.mjs', import.meta.url).href;
const hooks = `export const resolve = (specifier, context, next) =>
  specifier === '@jest/globals' ? { url: ${JSON.stringify(globals)}, shortCircuit: true } : next(specifier, context);`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
