import { getArgumentValues, getDirectiveValues, getNamedType, isCompositeType, Kind, OperationTypeNode } from 'graphql';
import { GraphQLIncludeDirective, GraphQLSkipDirective, type SelectionNode } from 'graphql';
import type { FieldNode, FragmentDefinitionNode, GraphQLCompositeType, GraphQLField, GraphQLSchema } from 'graphql';
import type { OperationDefinitionNode, SelectionSetNode } from 'graphql';

/** One operation, ready to run. */
export interface Operation {
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  fragments: Record<string, FragmentDefinitionNode>;
  variables: Record<string, unknown>;
}

/**
 * How a connection counts. Shopify publishes no more than "sized by first and last" (reference/shopify.md §7).
 * `measured` fits what its API answered in 2025, as Microsoft noted it beside the queries of its own connector
 * (microsoft/BCApps, .resources/graphql, "# cost"): 1, 3, 10, 25, 100 and 250 rows count as 1, 2, 4, 6, 9 and 11, the
 * connection and its pageInfo 1 each, money nothing. `linear` is the older rule: 2 and every row in full, which
 * refuses far smaller pages.
 */
const rules = {
  measured: {
    connection: 1,
    pageInfo: 1,
    rows: (count: number) => (count === 0 ? 0 : Math.max(1, Math.floor(2 * Math.log(count)))),
    free: ['MoneyBag', 'MoneyV2'],
  },
  linear: { connection: 2, pageInfo: 0, rows: (count: number) => count, free: [] as string[] },
};
export type CostRule = keyof typeof rules;

const mutation = 10;
const object = 1;

/** Stands for an answer that is not there yet: every page full, every object present. */
const unanswered = Symbol('unanswered');

/** What the operation asks for at most. */
export function requestedCost(operation: Operation, rule: CostRule): number {
  return new Count(operation, rule).all(unanswered);
}

/** What it turned out to take, by the data it gave. */
export function actualCost(operation: Operation, rule: CostRule, data: unknown): number {
  return new Count(operation, rule).all(data);
}

class Count {
  private readonly rule: (typeof rules)[CostRule];

  constructor(
    private readonly of: Operation,
    rule: CostRule,
  ) {
    this.rule = rules[rule];
  }

  all(data: unknown): number {
    const { schema, operation } = this.of;
    const root = schema.getRootType(operation.operation)!;
    const mutates = operation.operation === OperationTypeNode.MUTATION;
    const base = mutates ? (mutation - object) * operation.selectionSet.selections.length : 0;
    return Math.ceil(base + this.selections(operation.selectionSet, root, data));
  }

  /** Fields that stand in all types, and of the fragments the costliest. */
  private selections(set: SelectionSetNode, type: GraphQLCompositeType, answer: unknown): number {
    let shared = 0;
    let branch = 0;
    for (const selection of set.selections.filter((each) => this.isIncluded(each))) {
      if (selection.kind === Kind.FIELD) shared += this.field(selection, type, answer);
      else {
        const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.of.fragments[selection.name.value]!;
        const on = this.of.schema.getType(fragment.typeCondition?.name.value ?? type.name) as GraphQLCompositeType;
        const cost = this.selections(fragment.selectionSet, on, answer);
        if (on === type) shared += cost;
        else branch = Math.max(branch, cost);
      }
    }
    return shared + branch;
  }

  private field(node: FieldNode, parent: GraphQLCompositeType, answers: unknown): number {
    const field = 'getFields' in parent ? parent.getFields()[node.name.value] : undefined;
    const type = field && getNamedType(field.type);
    if (!field || !isCompositeType(type) || this.rule.free.includes(type.name)) return 0;
    const answer = answerOf(answers, node);
    if (type.name.endsWith('Connection')) return this.connection(node, field, answer);
    if (answer === null) return object;
    const values = Array.isArray(answer) ? answer : [answer];
    const dearest = object + Math.max(0, ...values.map((value) => this.selections(node.selectionSet!, type, value)));
    // A look-up of several things by id counts each of them.
    const { ids } = getArgumentValues(field, node, this.of.variables) as { ids?: unknown[] };
    return dearest * (Array.isArray(ids) ? ids.length : 1);
  }

  private isIncluded(selection: SelectionNode): boolean {
    const { variables } = this.of;
    const skip = getDirectiveValues(GraphQLSkipDirective, selection, variables)?.['if'] === true;
    const include = getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.['if'] !== false;
    return include && !skip;
  }

  private connection(node: FieldNode, field: GraphQLField<unknown, unknown>, answer: unknown): number {
    const { first, last } = getArgumentValues(field, node, this.of.variables) as { first?: number; last?: number };
    const type = getNamedType(field.type) as GraphQLCompositeType;
    let cost = this.rule.connection;
    for (const selection of node.selectionSet!.selections) {
      if (selection.kind !== Kind.FIELD) continue;
      const rows =
        answer === unanswered ? new Array<unknown>(first ?? last ?? 0).fill(unanswered) : answerOf(answer, selection);
      if (selection.name.value === 'pageInfo') cost += this.rule.pageInfo;
      else if (Array.isArray(rows)) cost += this.rows(selection, type, rows);
    }
    return cost;
  }

  /** Of `nodes` or `edges`: what a row costs on average, by how much so many rows count. */
  private rows(selection: FieldNode, type: GraphQLCompositeType, rows: unknown[]): number {
    if (rows.length === 0) return 0;
    const full = rows[0] === unanswered;
    const costs = (full ? [unanswered] : rows).map((row) => this.field(selection, type, { [keyOf(selection)]: row }));
    const edges = selection.name.value === 'edges' ? object : 0;
    const average = costs.reduce((sum, cost) => sum + cost - edges, 0) / costs.length;
    return this.rule.rows(rows.length) * average;
  }
}

function keyOf(node: FieldNode): string {
  return (node.alias ?? node.name).value;
}

function answerOf(answers: unknown, node: FieldNode): unknown {
  if (answers === unanswered) return unanswered;
  return (answers as Record<string, unknown> | null | undefined)?.[keyOf(node)] ?? null;
}
