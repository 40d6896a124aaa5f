"""The coefficients of a random graph of 60 nodes with 360 edges."""

import networkx as nx

GRAPH = nx.gnm_random_graph(60, 360, seed=0)


def run():
    nx.square_clustering(GRAPH)
