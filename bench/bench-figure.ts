/** One measured figure; the rival is a plain rendition, or another program, measured in the same process. */
export interface BenchFigure {
  bench: string;
  figure: string;
  value: number;
  unit: string;
  rival?: string;
  rival_value?: number;
  /** How many times better than the rival. */
  ratio?: number;
}

/** Processor time of this process that `work` takes [s]: unlike the clock it does not count what others do. */
export function processorSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
