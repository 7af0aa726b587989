/** The name of equipment and tags among what answers are made of. */
export const CATALOGUE = 'catalogue';
