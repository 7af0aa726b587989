import { Module } from '@nestjs/common';
import { LotController } from './lot.controller.js';
import { LotModule } from './lot.module.js';

/** The lot routes of the API. */
@Module({ imports: [LotModule], controllers: [LotController] })
export class LotHttpModule {}
