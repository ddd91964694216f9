import { recordedText, text } from './definition.ts';
import type { EventDefinition, RecordedText } from './definition.ts';

export interface SessionStarted {
  readonly session: string;
}

export const sessionStarted: EventDefinition<SessionStarted> = {
  version: 1,
  summary: 'The first call of a session that this process sees.',
  required: ['session'],
  properties: { session: text },
};

export interface PromptRecorded {
  readonly prompt: RecordedText;
}

export const promptRecorded: EventDefinition<PromptRecorded> = {
  version: 1,
  summary: 'What the agent was told, when it differs from the last prompt of the session.',
  required: ['prompt'],
  properties: { prompt: recordedText },
};
