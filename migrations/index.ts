import { Alarms1700000000014 } from './1700000000014-alarms.js';
import { Attempts1700000000007 } from './1700000000007-attempts.js';
import { Events1700000000013 } from './1700000000013-events.js';
import { FineRollups1700000000015 } from './1700000000015-fine-rollups.js';
import { Incidents1700000000011 } from './1700000000011-incidents.js';
import { Jobs1700000000005 } from './1700000000005-jobs.js';
import { LeaseSince1700000000016 } from './1700000000016-lease-since.js';
import { Monitoring1700000000004 } from './1700000000004-monitoring.js';
import { Platform1700000000001 } from './1700000000001-platform.js';
import { PlantModel1700000000002 } from './1700000000002-plant-model.js';
import { Quality1700000000009 } from './1700000000009-quality.js';
import { Texts1700000000008 } from './1700000000008-texts.js';
import { TimeZones1700000000012 } from './1700000000012-time-zones.js';
import { Timeseries1700000000003 } from './1700000000003-timeseries.js';
import { TagSettings1700000000010 } from './1700000000010-tag-settings.js';
import { Trainings1700000000006 } from './1700000000006-trainings.js';

/** All migrations of the product; TypeORM runs them in the order of their timestamps. */
export const MIGRATIONS = [
  Platform1700000000001,
  PlantModel1700000000002,
  Timeseries1700000000003,
  Monitoring1700000000004,
  Jobs1700000000005,
  Trainings1700000000006,
  Attempts1700000000007,
  Texts1700000000008,
  Quality1700000000009,
  TagSettings1700000000010,
  Incidents1700000000011,
  TimeZones1700000000012,
  Events1700000000013,
  Alarms1700000000014,
  FineRollups1700000000015,
  LeaseSince1700000000016,
];
