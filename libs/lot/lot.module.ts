import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Lot } from './lot.entity.js';
import { LotRepository } from './lot.repository.js';
import { LotService } from './lot.service.js';

/** Lots, without HTTP: what workers and other features use. */
@Module({
  imports: [TypeOrmModule.forFeature([Lot])],
  providers: [LotRepository, LotService],
  exports: [LotService],
})
export class LotModule {}
