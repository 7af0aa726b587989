import helmet from 'helmet';

type Policy = ReturnType<typeof helmet.contentSecurityPolicy>;

/** What the page itself brings, and nothing else: no inline script or style, no other server. */
export function dashboardPolicy(): Policy {
  return helmet.contentSecurityPolicy({
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      // a report is looked at as the bytes that were fetched with the key
      frameSrc: ['blob:'],
      objectSrc: ['blob:'],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  });
}

/** The OpenAPI page and the queue board bring inline styles and scripts of their own. */
export function foreignPagePolicy(): Policy {
  return helmet.contentSecurityPolicy({
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'", "'unsafe-inline'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'", 'data:'],
      frameAncestors: ["'none'"],
      upgradeInsecureRequests: null,
    },
  });
}
