/** Injection token of the QueueTransport. */
export const QUEUE_TRANSPORT = Symbol('QUEUE_TRANSPORT');
