/** Normal operation and disturbances 1 … 20. */
export const DIAGNOSIS_CLASSES = 21;

/** Answer that stands for none of the disturbances learnt: the one after them. */
export const UNKNOWN = 21;
