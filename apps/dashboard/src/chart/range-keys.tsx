import { type ReactNode, useEffect, useRef } from 'react';
import type { RangeControl } from './time-range.ts';

const SHARE = 0.25;

/** Wheel and keys for all lanes inside it. */
export function RangeKeys({
  control,
  label,
  children,
}: {
  control: RangeControl;
  label: string;
  children: ReactNode;
}) {
  const area = useRef<HTMLDivElement>(null);
  const current = useRef(control);
  current.current = control;

  // React listens to wheels passively; a zoom must keep the page from scrolling.
  useEffect(() => {
    const element = area.current;
    if (!element) return undefined;
    const wheel = (event: WheelEvent): void => {
      const over = (event.target as Element).closest('.u-over');
      if (!over || event.ctrlKey) return;
      event.preventDefault();
      const { left, width } = over.getBoundingClientRect();
      const { range, zoom } = current.current;
      const anchor = range.from + ((event.clientX - left) / width) * (range.to - range.from);
      zoom(event.deltaY > 0 ? 1.25 : 0.8, anchor);
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, []);

  const keys: Record<string, () => void> = {
    ArrowLeft: () => control.move(-SHARE),
    ArrowRight: () => control.move(SHARE),
    '+': () => control.zoom(0.5),
    '=': () => control.zoom(0.5),
    '-': () => control.zoom(2),
    Home: () => control.follow(),
    Backspace: () => control.back(),
  };
  return (
    <div
      ref={area}
      className="lanes"
      role="group"
      tabIndex={0}
      aria-label={label}
      onDoubleClick={() => control.back()}
      onKeyDown={(event) => {
        const act = event.target === area.current ? keys[event.key] : undefined;
        if (!act) return;
        event.preventDefault();
        act();
      }}
    >
      {children}
    </div>
  );
}
