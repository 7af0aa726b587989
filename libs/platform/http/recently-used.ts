/** What takes up memory. */
export interface Sized {
  /** It may change as long as it is kept; `trim` looks again. */
  bytes: number;
}

/** Values by name, as many and as large as are allowed; the least recently used ones go first. */
export class RecentlyUsed<Value extends Sized> {
  private readonly values = new Map<string, Value>();

  constructor(
    private readonly mostValues: number,
    private readonly mostBytes: number,
  ) {}

  /** The value of that name, which counts as used. */
  use(name: string): Value | undefined {
    const value = this.values.get(name);
    if (value === undefined) return undefined;
    this.values.delete(name);
    this.values.set(name, value);
    return value;
  }

  keep(name: string, value: Value): void {
    this.values.delete(name);
    this.values.set(name, value);
    this.trim();
  }

  /** Forgets what is too much. */
  trim(): void {
    let bytes = 0;
    for (const value of this.values.values()) bytes += value.bytes;
    for (const [name, value] of this.values) {
      if (this.values.size <= this.mostValues && bytes <= this.mostBytes) return;
      this.values.delete(name);
      bytes -= value.bytes;
    }
  }
}
