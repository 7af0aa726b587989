export interface SlowQuadraticParameters {
  readonly columns: number;
  readonly components: number;
  readonly smoothing: number;
  /** components × columns: rows project the smoothed tags onto components of unit variance. */
  readonly projection: Float64Array;
  /** Mean of each product in normal operation, in the order (0,0), (0,1), …, (1,1), … */
  readonly productMeans: Float64Array;
  /** What the linear prediction leaves over on average, one per tag. */
  readonly intercept: Float64Array;
  /** products × columns. */
  readonly weights: Float64Array;
}

/** Components are cut off here: far from normal, a quadratic term would run away. */
const COMPONENT_LIMIT = 6;

/**
 * Corrects a linear prediction for the curvature of the plant: products of the leading principal components of the
 * exponentially averaged tags, as seen one sample before. Without it, wide but normal swings of a curved loop leave
 * residuals as long as the swing lasts, and the limits of the slow charts would have to make room for them.
 */
export class SlowQuadraticTerms {
  /** Exponential average of the tags: the state. */
  readonly slow: Float64Array;
  /** Products of the components less their normal means, as of the last {@link multiply}. */
  readonly products: Float64Array;
  private readonly scores: Float64Array;

  /** @throws RangeError when the dimensions do not fit together */
  constructor(readonly parameters: SlowQuadraticParameters) {
    const { columns, components, projection, productMeans, intercept, weights } = parameters;
    const products = (components * (components + 1)) / 2;
    if (
      projection.length !== components * columns ||
      productMeans.length !== products ||
      intercept.length !== columns ||
      weights.length !== products * columns
    ) {
      throw new RangeError(
        `quadratic terms: the tensors do not fit ${components} components of ${columns} tags`,
      );
    }
    this.slow = new Float64Array(columns);
    this.scores = new Float64Array(components);
    this.products = new Float64Array(products);
  }

  /** Takes in one standardised sample. */
  push(standardised: Float64Array): void {
    const { smoothing } = this.parameters;
    for (let i = 0; i < standardised.length; i++)
      this.slow[i] += smoothing * (standardised[i] - this.slow[i]);
  }

  reset(): void {
    this.slow.fill(0);
  }

  /** Brings `products` up to the samples pushed so far. */
  multiply(): void {
    const { columns, components, projection, productMeans } = this.parameters;
    const { slow, scores, products } = this;
    for (let k = 0, at = 0; k < components; k++) {
      let sum = 0;
      for (let i = 0; i < columns; i++, at++) sum += projection[at] * slow[i];
      scores[k] = Math.max(-COMPONENT_LIMIT, Math.min(COMPONENT_LIMIT, sum));
    }
    for (let i = 0, at = 0; i < components; i++) {
      for (let j = i; j < components; j++, at++) products[at] = scores[i] * scores[j] - productMeans[at];
    }
  }
}
