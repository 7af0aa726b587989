export const TAG_COUNT = 53;
