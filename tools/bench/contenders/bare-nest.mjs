// What a POST costs before anything is done with it: Nest on Express with one route that answers at once.
import 'reflect-metadata';

import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

class StartController {
  start(body) {
    return { execution_id: '0197a0c0-0000-7000-8000-000000000000', status: 'RUNNING', input: body.input };
  }
}
class AppModule {}

// Decorators, as TypeScript would apply them.
const start = Object.getOwnPropertyDescriptor(StartController.prototype, 'start');
Post()(StartController.prototype, 'start', start);
HttpCode(202)(StartController.prototype, 'start', start);
Body()(StartController.prototype, 'start', 0);
Controller('start')(StartController);
Module({ controllers: [StartController] })(AppModule);

const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(0, '127.0.0.1');
console.log(`listens on http://127.0.0.1:${app.getHttpServer().address().port}`);
