import TestSequencer from '@jest/test-sequencer';

const LONGEST_FIRST = ['e2e', 'feature', 'unit'];
const rank = ({ context }) => LONGEST_FIRST.indexOf(context.config.displayName.name);

/** What takes long begins first, on a fresh clone too, where Jest remembers no durations: no worker idles at the end. */
export default class LongestFirst extends TestSequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
}
