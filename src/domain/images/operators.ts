import type { Operator } from './operator.ts';
import { DATA_OPERATORS } from './operators-of-data.ts';
import { PLATFORM_OPERATORS } from './operators-of-platforms.ts';
import { SERVICE_OPERATORS } from './operators-of-services.ts';

/** All known operators. */
export const OPERATORS: readonly Operator[] = [...DATA_OPERATORS, ...PLATFORM_OPERATORS, ...SERVICE_OPERATORS];
