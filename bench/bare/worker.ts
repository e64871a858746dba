/** The bare proxy on workerd: both bodies are streams. */
export default {
  async fetch(request: Request, { UP }: { UP: string }): Promise<Response> {
    const { method, headers, body, url } = request;
    const answer = await fetch(UP + url.slice(url.indexOf("/", 8)), {
      method,
      headers,
      body,
      redirect: "manual",
    });
    return new Response(answer.body, answer);
  },
};
