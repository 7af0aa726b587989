import type uPlot from 'uplot';
import type { Colours } from './colours.ts';

export interface Limit {
  name: string;
  value: number;
}

/** An instant that matters: an incident (`alarm`) or the begin of a lot. */
export interface Mark {
  at: number;
  text: string;
  kind: 'alarm' | 'lot';
}

export interface Fan {
  steps: { at: number; value: number; low: number; high: number }[];
}

function inside(plot: uPlot, draw: (context: CanvasRenderingContext2D) => void): void {
  const { ctx: context, bbox } = plot;
  context.save();
  context.beginPath();
  context.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  context.clip();
  draw(context);
  context.restore();
}

export function drawLimits(plot: uPlot, limits: Limit[], look: Colours): void {
  const { min, max } = plot.scales.y ?? {};
  inside(plot, (context) => {
    context.font = scaled(look.font);
    for (const { name, value } of limits) {
      if (min === undefined || max === undefined || value < min || value > max) continue;
      const y = Math.round(plot.valToPos(value, 'y', true)) + 0.5;
      context.strokeStyle = look.limit;
      context.fillStyle = look.quiet;
      context.setLineDash(name.length > 1 ? [] : [8, 5]);
      line(context, plot.bbox.left, y, plot.bbox.left + plot.bbox.width, y);
      context.textAlign = 'right';
      const below = y - plot.bbox.top < 14 * devicePixelRatio;
      context.fillText(
        name,
        plot.bbox.left + plot.bbox.width - (name.length > 1 ? 4 : 30) * devicePixelRatio,
        below ? y + 12 * devicePixelRatio : y - 3,
      );
    }
  });
}

export function drawMarks(plot: uPlot, marks: Mark[], look: Colours): void {
  inside(plot, (context) => {
    context.font = scaled(look.font);
    context.textAlign = 'left';
    for (const { at, text, kind } of marks) {
      const x = Math.round(plot.valToPos(at, 'x', true)) + 0.5;
      const top = plot.bbox.top;
      context.strokeStyle = kind === 'alarm' ? look.abnormal : look.quiet;
      context.fillStyle = context.strokeStyle;
      context.setLineDash(kind === 'alarm' ? [] : [3, 4]);
      line(context, x, top, x, top + plot.bbox.height);
      if (kind === 'alarm') {
        context.beginPath();
        context.moveTo(x - 6, top);
        context.lineTo(x + 6, top);
        context.lineTo(x, top + 9);
        context.fill();
      }
      const y =
        kind === 'alarm' ? top + 12 * devicePixelRatio : top + plot.bbox.height - 5 * devicePixelRatio;
      context.fillText(text, x + 8, y);
    }
  });
}

/** What is expected, with the interval it lies in. */
export function drawFan(plot: uPlot, { steps }: Fan, look: Colours): void {
  const x = (at: number): number => plot.valToPos(at, 'x', true);
  const y = (value: number): number => plot.valToPos(value, 'y', true);
  inside(plot, (context) => {
    context.beginPath();
    for (const step of steps) context.lineTo(x(step.at), y(step.high));
    for (const step of steps.toReversed()) context.lineTo(x(step.at), y(step.low));
    context.closePath();
    context.fillStyle = look.fan;
    context.fill();
    context.beginPath();
    for (const step of steps) context.lineTo(x(step.at), y(step.value));
    context.setLineDash([6, 4]);
    context.lineWidth = 1.5 * devicePixelRatio;
    context.strokeStyle = look.ink;
    context.stroke();
  });
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.lineWidth = devicePixelRatio;
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

const scaled = (font: string): string =>
  font.replace(/^[\d.]+/, (size) => String(Number(size) * devicePixelRatio));
