import { runInContext } from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

/** Language built-ins that no test replaces. */
const BUILT_INS = [
  ...[
    'Math',
    'Number',
    'Object',
    'Array',
    'String',
    'Boolean',
    'Symbol',
    'BigInt',
    'JSON',
    'Map',
    'Set',
    'WeakMap',
  ],
  ...['Promise', 'Error', 'RangeError', 'TypeError', 'ArrayBuffer', 'DataView', 'Buffer'],
  ...[
    'Float64Array',
    'Float32Array',
    'Int32Array',
    'Uint32Array',
    'Int16Array',
    'Uint16Array',
    'Uint8Array',
    'Int8Array',
  ],
];

/**
 * Node, with fast built-ins. A property of the global object of a VM context is looked up through an interceptor each time, which
 * makes arithmetic with `Math` forty times slower; a constant of the context is looked up once.
 */
export default class FastNodeEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    runInContext(`const { ${BUILT_INS.join(', ')} } = globalThis;`, this.context);
  }
}
