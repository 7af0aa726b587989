/** Where the API begins; only pages for people and `/metrics` lie outside. */
export const API_PREFIX = '/api/v1';
