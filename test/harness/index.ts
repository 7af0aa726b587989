export { type DetectorModels, detectorModels } from './detector-models.js';
export { EventClient, type ReceivedEvent } from './event-client.js';
export { FeatureApp, type FeatureAppOptions } from './feature-app.js';
export { lastingResources } from './lasting-resources.js';
export { type Profile, profileResources, type ProfileResources } from './profile-resources.js';
export {
  availableProfiles,
  describeOnBothProfiles,
  describeOnServer,
  describeWithPrograms,
} from './profiles.js';
export { TEST_MYSQL_URL, TEST_REDIS_URL } from './servers.js';
export { ContractClient, type Reply } from './contract-client.js';
export { machineAddress } from './machine-address.js';
export { lastingServer } from './lasting-server.js';
export { missingPrograms, OwnMariadb, type OwnMariadbOptions, OwnRedis } from './own-servers.js';
export { Patience } from './patience.js';
export { writePlantHistory } from './plant-history.js';
export { freePort, ProductProcess, type ProductRole } from './product-process.js';
export { rawRequest, type RawReply, type RawRequest } from './raw-request.js';
export { type PrintedPdfFacts, readPrintedPdf } from './printed-pdf.reader.js';
export { simulatedRecords } from './simulated-records.js';
export { SmallFileSystem } from './small-file-system.js';
export { TcpProxy } from './tcp-proxy.js';
export { waitFor, type WaitOptions } from './wait-for.js';
