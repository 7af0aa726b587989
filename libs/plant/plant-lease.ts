/** Name of the lease under which one process keeps the plant. */
export const PLANT_LEASE = 'plant';
