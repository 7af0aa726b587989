import { useEffect, useRef, useState } from 'react';
import { useOpenIncidents } from '../api/queries.ts';

const TONE_HZ = 880;
const TONE_S = 0.4;

/** A tone for every incident that was not there before; browsers allow it only after a click, hence on request. */
export function useAlarmSound(): { isOn: boolean; turn: (on: boolean) => void } {
  const audio = useRef<AudioContext>(undefined);
  const heard = useRef<Set<number>>(undefined);
  const [isOn, setOn] = useState(false);
  const incidents = useOpenIncidents().data?.items;
  useEffect(() => {
    if (!incidents) return;
    const ids = incidents.map(({ incident_id }) => incident_id);
    const isNew = ids.some((id) => heard.current && !heard.current.has(id));
    heard.current = new Set(ids);
    if (isOn && isNew && audio.current) sound(audio.current);
  }, [incidents, isOn]);
  const turn = (on: boolean): void => {
    setOn(on);
    if (on) sound((audio.current ??= new AudioContext()));
  };
  return { isOn, turn };
}

function sound(audio: AudioContext): void {
  const tone = new OscillatorNode(audio, { frequency: TONE_HZ });
  tone.connect(new GainNode(audio, { gain: 0.2 })).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + TONE_S);
}
