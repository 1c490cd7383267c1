/** The rooms of docs/architecture.md: who may import whom. */
const room = (name, allowed, message) => ({
  name: `${name}-imports`,
  severity: 'error',
  comment: message,
  from: { path: `^${name}/` },
  to: {
    path: '^[a-z-]+/',
    pathNot: [`^(${[name, ...allowed].join('|')})/`, '^node_modules/', '^dist/'],
    dependencyTypesNot: ['core'],
  },
});

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    room('domain', [], 'domain decides and touches nothing'),
    room('workflows', ['domain', 'activities'], 'activities only as types: see the next rule'),
    room('activities', ['domain', 'connectors', 'database']),
    room('connectors', ['domain']),
    room('database', ['domain']),
    room('sandbox', ['domain']),
    room('servers', []),
    {
      // main.ts is the composition root of the API process; the rest of the room sees only what it is handed.
      name: 'api-imports',
      severity: 'error',
      from: { path: '^api/', pathNot: '^api/main\\.ts$' },
      to: { path: '^(activities|connectors|worker|sandbox|servers|cli|test)/' },
    },
    {
      name: 'workflows-no-values-from-elsewhere',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^(activities|connectors|database)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'zod in a workflow bundle triples the memory of each cached workflow',
      from: { path: '^(domain|workflows)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'domain-small-libraries',
      severity: 'error',
      from: { path: '^domain/' },
      to: { path: 'node_modules', pathNot: 'node_modules/big\\.js' },
    },
    {
      name: 'connectors-do-not-know-each-other',
      severity: 'error',
      from: { path: '^connectors/(marketplaces|warehouses)/([^/]+)/' },
      to: { path: '^connectors/(marketplaces|warehouses)/[^/]+/', pathNot: ['^connectors/$1/$2/'] },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { path: '^(domain|workflows|activities|connectors|database|api|worker|servers|sandbox|cli)/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
