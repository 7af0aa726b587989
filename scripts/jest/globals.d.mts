export * from '@jest/globals';
