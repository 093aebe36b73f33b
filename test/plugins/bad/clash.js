const query = { summary: 'also named query', create: () => ({ score() {} }) };
export default { name: 'clash', scorers: { query } };
