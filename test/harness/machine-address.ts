import { networkInterfaces } from 'node:os';

/** An address of this machine that is not a loopback one, as other machines and containers see it; undefined without any. */
export function machineAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}
