import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Module, Req, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request, Response } from 'express';

/** Answers to give by path and query, in a file of the form `[path, body][]` that the command line names. */
const answers = new Map(
  (JSON.parse(readFileSync(process.argv[2], 'utf8')) as [string, string][]).map(([path, body]) => [
    path,
    Buffer.from(body),
  ]),
);

@Controller()
class PlainController {
  @Get('{*path}')
  read(@Req() request: Request, @Res() response: Response): void {
    response.type('application/json').send(answers.get(request.originalUrl));
  }
}

@Module({ controllers: [PlainController] })
class PlainModule {}

/**
 * The rival of requests: Nest on Express as it is after `nest new`, which answers the bytes the product has answered, from
 * memory: no rules, no rows, nothing in front of its route.
 */
async function main(): Promise<void> {
  const app = await NestFactory.create<NestExpressApplication>(PlainModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  process.stdout.write(`${(app.getHttpServer().address() as AddressInfo).port}\n`);
}

await main();
