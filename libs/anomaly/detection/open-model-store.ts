import { ModelStore } from '#ml';
import { loggerOf } from '#platform';
import type { AnomalySettings } from '../anomaly.settings.js';

/** The models of this process; versions that cannot be read are passed over, with one line in the log each. */
export function openModelStore({ modelsDir }: AnomalySettings): ModelStore {
  const logger = loggerOf('models');
  return new ModelStore(modelsDir, {
    onUnreadable: ({ name, version, file, reason }) =>
      logger.error({ model: name, version, file, reason }, 'unreadable model version passed over'),
  });
}
