package io.github.attention4j.transformer.internal.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.attention4j.transformer.internal.files.JsonFile;
import java.io.IOException;

/**
 * Byte-level BPE between marks of start and end, as RoBERTa reads text.
 *
 * @param pieces the vocabulary
 * @param start the id of the mark
 * @param end likewise
 */
record MarkedBytePairs(BytePairs pieces, int start, int end) implements Tokenizer {
    static MarkedBytePairs of(JsonFile file) throws IOException {
        JsonNode processor = file.root().path("post_processor");
        int start = processor.path("cls").path(1).asInt(-1);
        int end = processor.path("sep").path(1).asInt(-1);
        if (processor.path("type").asText().equals("TemplateProcessing")) {
            JsonNode single = processor.path("single");
            start = mark(processor, single.path(0));
            end = mark(processor, single.path(single.size() - 1));
        }
        if (start < 0 || end < 0) {
            throw file.wrong("post_processor", "marks of start and end");
        }
        return new MarkedBytePairs(new BytePairs(file), start, end);
    }

    private static int mark(JsonNode processor, JsonNode part) {
        String token = part.path("SpecialToken").path("id").asText();
        return processor.path("special_tokens").path(token).path("ids").path(0).asInt(-1);
    }

    @Override
    public int[] encode(String text) {
        return pieces.encode(text);
    }

    @Override
    public int[] read(String text, int most) {
        int[] ids = pieces.encode(text, most - 2);
        return framed(ids, 0, ids.length);
    }

    @Override
    public int[] framed(int[] ids, int from, int to) {
        int[] framed = new int[to - from + 2];
        framed[0] = start;
        System.arraycopy(ids, from, framed, 1, to - from);
        framed[framed.length - 1] = end;
        return framed;
    }

    @Override
    public String piece(int id) {
        return pieces.decode(new int[] {id});
    }

    @Override
    public int size() {
        return pieces.size();
    }
}
