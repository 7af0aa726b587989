import 'reflect-metadata';
import { Command } from 'commander';
import { reportStartFailure } from '#platform/start';
import { registerApiKey } from './api-key.command.js';
import { registerDataLoad } from './data-load/data-load.command.js';
import { registerDataSimulate } from './data-simulate/data-simulate.command.js';
import { registerDbInit } from './db-init.command.js';
import { registerDemo } from './demo/demo.command.js';
import { registerModelsEvaluate } from './models-evaluate/models-evaluate.command.js';
import { registerModelsTrain } from './models-train/models-train.command.js';
import { registerPlantVerify } from './plant-verify.command.js';

const program = new Command('tep').description('Commands of tep-dashboard-backend').showHelpAfterError();
for (const register of [
  registerDbInit,
  registerDataSimulate,
  registerDataLoad,
  registerModelsTrain,
  registerModelsEvaluate,
  registerPlantVerify,
  registerApiKey,
  registerDemo,
]) {
  register(program);
}
program.parseAsync().catch(reportStartFailure);
