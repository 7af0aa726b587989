import { type INestApplication, ShutdownSignal } from '@nestjs/common';
import { Config } from '../config/config.js';
import { loggerOf } from '../observability/logger.js';

const SIGNALS = [ShutdownSignal.SIGTERM, ShutdownSignal.SIGINT, ShutdownSignal.SIGHUP];

/**
 * Has the process finish its work and end with code 0 when it is asked to stop, and with code 1 when that takes
 * longer than SHUTDOWN_TIMEOUT_S.
 */
export function shutDownOnSignals(app: INestApplication): void {
  const { shutdownTimeoutMs } = app.get(Config);
  app.enableShutdownHooks(SIGNALS, { useProcessExit: true });
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      setTimeout(() => {
        loggerOf('shutdown').error({ signal, shutdownTimeoutMs }, 'not everything stopped in time');
        process.exit(1);
      }, shutdownTimeoutMs).unref();
    });
  }
}
