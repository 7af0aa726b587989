const RELIABILITY_BINS = 10;

export interface ReliabilityBin {
  readonly confidence: number;
  readonly accuracy: number;
  readonly rows: number;
}

/** How far stated probabilities are from what came true. */
export interface Reliability {
  readonly rows: number;
  /** Expected calibration error in ten bins of equal width (Naeini et al., AAAI 2015); NaN without rows. */
  readonly calibrationError: number;
  /** Those that are not empty. */
  readonly bins: readonly ReliabilityBin[];
}

/** Counts answers by their stated probability. */
export class ReliabilityTable {
  private readonly bins = Array.from({ length: RELIABILITY_BINS }, () => ({
    confidence: 0,
    right: 0,
    rows: 0,
  }));

  add(confidence: number, right: boolean): void {
    const bin = this.bins[Math.min(RELIABILITY_BINS - 1, Math.floor(confidence * RELIABILITY_BINS))];
    bin.confidence += confidence;
    bin.right += right ? 1 : 0;
    bin.rows++;
  }

  get figures(): Reliability {
    const filled = this.bins.filter((bin) => bin.rows > 0);
    const rows = filled.reduce((sum, bin) => sum + bin.rows, 0);
    const missed = filled.reduce((sum, bin) => sum + Math.abs(bin.confidence - bin.right), 0);
    return {
      rows,
      calibrationError: missed / rows,
      bins: filled.map((bin) => ({
        confidence: bin.confidence / bin.rows,
        accuracy: bin.right / bin.rows,
        rows: bin.rows,
      })),
    };
  }
}
