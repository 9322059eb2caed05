package io.github.attention4j.examples.dates;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WrittenDateTest {
    private static final LocalDate DATE = LocalDate.of(2021, 5, 3);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "the %o of %B %Y | the 3rd of May 2021 | ....ddd....mmm.yyyy",
                "%B %d, %Y       | May 3, 2021         | mmm.d..yyyy",
                "%A %d %b %y     | Monday 3 May 21     | .......d.mmm.yy",
                "%a, %d %B %Y    | Mon, 3 May 2021     | .....d.mmm.yyyy",
                "%m/%d/%y        | 5/3/21              | m.d.yy",
                "%D.%M.%Y        | 03.05.2021          | dd.mm.yyyy"
            })
    void aFormSaysHowADateIsWrittenAndWhereItsPartsStand(String form, String text, String parts) {
        WrittenDate written = WrittenDate.of(DATE, form);
        assertEquals(text, written.text());
        assertEquals(parts, written.parts().replace(' ', '.'));
        assertEquals(DATE, written.date());
    }

    @ParameterizedTest
    @CsvSource({"1,1st", "2,2nd", "3,3rd", "4,4th", "11,11th", "12,12th", "13,13th", "21,21st", "22,22nd", "30,30th"})
    void daysHaveTheirEndings(int day, String text) {
        assertEquals(text, WrittenDate.of(DATE.withDayOfMonth(day), "%o").text());
    }

    @Test
    void everyCharacterHasANumber() {
        List<WrittenDate> dates = new Dates(1).toLearn(5000);
        for (WrittenDate date : dates) {
            int[] numbers = Alphabet.READ.numbers(date.text());
            StringBuilder back = new StringBuilder();
            for (int number : numbers) {
                assertTrue(number > 0, date.text());
                back.append(Alphabet.READ.character(number));
            }
            assertEquals(date.text(), back.toString());
            assertEquals(date.text().length(), date.parts().length());
        }
    }

    @Test
    void noDateIsLearntFromThatIsAskedAbout() {
        Dates dates = new Dates(1);
        Set<LocalDate> learnt = new HashSet<>();
        dates.toLearn(20000).forEach(date -> learnt.add(date.date()));
        assertFalse(learnt.contains(Dates.SHOWN));
        dates.toAsk(5000).forEach(date -> assertFalse(learnt.contains(date.date()), date.text()));
    }

    @Test
    void aBatchHasItsTextsFromBothEndsPadded() {
        Batch batch = Batch.of(List.of(WrittenDate.of(DATE, "%m/%d/%y"), WrittenDate.of(DATE, "%Y")));
        assertArrayEquals(new int[] {6, 4}, batch.lengths());
        assertEquals("2021", text(batch.forward(), 1));
        assertEquals("1202", text(batch.backward(), 1));
        assertEquals(6, batch.textLength());
        assertEquals(0, batch.forward()[5][1]);
        assertEquals(0, batch.backward()[5][1]);
        assertEquals(0, batch.writtenBefore()[0][0]);
        assertArrayEquals(batch.written()[8], batch.writtenBefore()[9]);
    }

    private static String text(int[][] steps, int date) {
        StringBuilder text = new StringBuilder();
        for (int[] step : steps) {
            text.append(Alphabet.READ.character(step[date]));
        }
        return text.toString();
    }
}
