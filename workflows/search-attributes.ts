import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { searchAttributes } from '../domain/identifiers.js';

/** Set only when the state changes: each upsert is an event and a visibility write. */
export const stateKey = defineSearchAttributeKey(searchAttributes.state, SearchAttributeType.KEYWORD);
export const warehouseKey = defineSearchAttributeKey(searchAttributes.warehouse, SearchAttributeType.KEYWORD);
export const attentionKey = defineSearchAttributeKey(searchAttributes.attention, SearchAttributeType.KEYWORD);
