import { afterAll, beforeAll, describe } from '#jest';
import { describeDoors } from './guarded/doors.behaviour.js';
import { describeOpenApiDocument } from './guarded/openapi.behaviour.js';
import { describeOtherOrigins } from './guarded/other-origins.behaviour.js';
import { describePages } from './guarded/pages.behaviour.js';
import { GuardedProduct } from './guarded/product.js';

/** One process for all that can be asked of a product that others can reach: starting it costs more than most questions. */
describe('with keys, in production, on all addresses', () => {
  let guarded: GuardedProduct;

  beforeAll(async () => {
    guarded = await GuardedProduct.start();
  });

  afterAll(() => guarded?.stop());

  const product = (): GuardedProduct => guarded;
  describeDoors(product);
  describeOpenApiDocument(product);
  describePages(product);
  describeOtherOrigins(product);
});
