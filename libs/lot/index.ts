export { LotDto } from './dto/lot.dto.js';
export { LotIdParams } from './dto/lot-id.params.js';
export { Lot, LOT_STATUSES, type LotStatus } from './lot.entity.js';
export { LotHttpModule } from './lot.http.module.js';
export { LotModule } from './lot.module.js';
export { LotService, type NewLot } from './lot.service.js';
