export default {
  name: 'listed',
  scorers: {
    listed: {
      summary: 'what stands in the table picks first',
      create(_, { tables }) {
        const picks = tables.get('picks');
        return {
          score({ table }, { items, count }, scores) {
            for (let row = 0; row < count; row++)
              scores[row] = picks.has(table.ids[items[row]]) ? 1 : 0;
          },
        };
      },
    },
  },
};
