import { useEffect, useRef, useState } from 'react';
import { useGet } from '../api/queries.ts';
import { useTexts } from '../shell/settings.tsx';

const TONE_HZ = 880;
const TONE_S = 0.4;
const MOST_ALARMS = 500;

/** Asks for a tone with every alarm that nobody has seen to yet, in whichever view one is; browsers allow it only after a click. */
export function AlarmSound() {
  const t = useTexts();
  const audio = useRef<AudioContext>(undefined);
  const [isOn, setOn] = useState(false);
  const turn = (on: boolean): void => {
    setOn(on);
    if (on) sound((audio.current ??= new AudioContext()));
  };
  return (
    <label className="check" title={t.alarms.soundHelp}>
      <input type="checkbox" checked={isOn} onChange={({ target }) => turn(target.checked)} />
      {t.alarms.sound}
      {isOn && <Listener sounds={() => audio.current && sound(audio.current)} />}
    </label>
  );
}

function Listener({ sounds }: { sounds: () => void }) {
  const heard = useRef<Set<string>>(undefined);
  const query = { state: 'unacknowledged', limit: MOST_ALARMS };
  const alarms = useGet('/api/v1/alarms', { query }, { every: 3_000 }).data?.items;
  const latest = useRef(sounds);
  latest.current = sounds;
  useEffect(() => {
    if (!alarms) return;
    // one that comes back sounds again
    const standing = alarms.map(({ alarm_id, active_since }) => `${alarm_id} ${active_since}`);
    if (standing.some((each) => heard.current && !heard.current.has(each))) latest.current();
    heard.current = new Set(standing);
  }, [alarms]);
  return null;
}

function sound(audio: AudioContext): void {
  const tone = new OscillatorNode(audio, { frequency: TONE_HZ });
  tone.connect(new GainNode(audio, { gain: 0.2 })).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + TONE_S);
}
