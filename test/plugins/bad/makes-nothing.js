export default { name: 'makes-nothing', scorers: { wild: { summary: '', create: () => ({}) } } };
